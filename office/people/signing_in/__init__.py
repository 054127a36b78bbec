"""How a person proves who they are: passwords, second factors, passkeys, the agency's own provider,
one-time codes, the browsers that are signed in, and what slows down whoever guesses."""
