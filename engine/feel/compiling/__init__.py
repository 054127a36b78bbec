"""From a tree to Python closures: what each construct of FEEL does when it is evaluated."""
