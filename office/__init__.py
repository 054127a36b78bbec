"""The office: what an agency does with a complaint, over the process engine.

Knows complaints, people, deadlines and letters; knows no page and no HTTP. Inside are rooms, and
imports only go down them: `operations`, `audit`, `guideline`, `disposal`, `cases`, `letters`,
`deadlines`, `applications`, `people`, `vault`, `ground`. Functions of a room take the unit of work
first and never commit; `office.Office` opens a transaction around them for pages, REST API and
command line. The office lends itself to the engine: host functions (`due("screen")`), handlers of
jobs (`letter`), listeners of events, checks of files. What an application's steps, roles, deadlines
and letters are stands in deployed files, never here.
"""
