"""What a deployment brings for the office: forms, letter templates, units, roles and statuses."""
