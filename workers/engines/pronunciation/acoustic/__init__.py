"""The acoustic model: pocketsphinx's files for US English, and the scores of its senones, computed with numpy."""
