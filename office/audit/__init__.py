"""Examining: searching cases, replay, statistics, verification, event logs, signed case files.

Uses every room below; changes no case, but records who looked at what. `case_replay` lays forms,
tables and deadlines over the engine's playback, with text covered that the reader may not see;
`sight_history` works out who could see what, when; `conformance` puts deviations into words;
`head_signing` signs the log every hour and mails it; `verification_run` is what `samnuan verify`
drives: `rows` says what rows of a case must be, `administration` what those around it must be and
how auditors read that chain; `case_file` writes one case so that `verify_case`, a file of its own
on the standard library, can check it without this system.
"""
