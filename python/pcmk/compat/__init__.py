"""The classic commands of the field, one file each, with the options, texts and exit codes that scripts rely on.

They work on the running cluster, or without one on the file that `CIB_file` or `CIB_shadow` names. To start quickly,
nothing here imports gRPC or the messages of a daemon before it talks to one.
"""
