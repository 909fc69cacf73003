"""The classic commands of the field, one file each: their options, texts and exit codes."""
