"""The administrator's pages: people, incidents, mail, the calendar."""
