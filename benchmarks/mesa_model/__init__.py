"""The benchmarks' scenario as a Mesa 3 model: an agent per participant, a meeting per step.

`model.py` and `agents.py` are the model, laid out as Mesa's examples are; `ledger.py` is what comes out. `world.py`,
`question.py` and `law.py` turn the scenario's files into plain numbers before the clock starts. They read the files
anew, so that the model shares no code with the engine that it is compared with.
"""
