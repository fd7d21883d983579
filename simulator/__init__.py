"""joinlab: people joining meetings under different ways of asking for consent to AI training."""
