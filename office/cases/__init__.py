"""A case from intake to result: register, work list, tasks, the case file, the complainant.

Uses letters, deadlines, applications, people and the vault. `register` enters a complaint in one
transaction; `tasks` opens and completes tasks with the form of the case's own version;
`complainant` is what the tracking code allows. Answers are split by `store_answers`: choices become
process variables, text goes encrypted to the case file, names to the vault. Whatever reads a case
goes through `people.access`; `excerpts` and `masking` cut down what is shown; `reveals` lay covered
text or an identity open for a reason and a while. `case_listener` keeps the register's columns in
step with the events of the process.
"""
