"""诉求人: who asked, sealed where it names a person."""
