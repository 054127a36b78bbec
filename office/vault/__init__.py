"""What is kept encrypted: identities, answers as given, attachments, under the keys of their
case."""
