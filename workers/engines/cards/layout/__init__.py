"""Layout: a scene is placed on a card by constraints, labelled and captioned."""
