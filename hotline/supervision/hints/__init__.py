"""Which tickets a rule may have something to say of: kept, so that the week's list need not look at every open one."""
