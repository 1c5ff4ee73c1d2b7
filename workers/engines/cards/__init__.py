"""Picture cards: a described scene is composed of symbols that this project has drawn."""
