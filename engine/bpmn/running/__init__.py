"""A live case: specs compiled from the model, the tokens on them, and the compact state they
leave.

The only room besides `reading/schema` that imports SpiffWorkflow. It knows no database: whoever
runs a case lends it expressions, decisions, time and a record through `host`.
"""
