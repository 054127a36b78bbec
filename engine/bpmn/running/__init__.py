"""A live case: specs compiled from the model, the tokens on them, and the state they leave.

The only room besides `reading/schema` that imports SpiffWorkflow. It knows no database: whoever
runs a case lends it expressions, decisions, time and a record through `host`. `compile` makes the
specs of a version once, for all its cases; `specs/` say what each kind of node does; `tokens` are
SpiffWorkflow's tasks and workflows with variables per branch; `execution` is the face: act, run to
rest, tell what changed; `state` stores tokens and variables as compact JSON and cuts off what is
finished; `migrate` carries tokens over to another version.
"""
