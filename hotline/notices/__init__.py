"""通知: who hears of what, once each, in the console and outside it."""
