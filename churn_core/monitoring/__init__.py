"""Whether customers that are scored are still like those that the model was trained on.

``profiling`` summarises the customers of a file as a ``profile``; ``drift`` and ``outcomes`` compare it with the profile of
the reference; ``verdict`` says in one sentence what to do; ``monitor`` does all of it for a version. An alarm needs a shift
that is both beyond chance and large: significance alone would call every large file drifted, size alone every small one.
"""
