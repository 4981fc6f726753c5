"""The named testbeds, one file per family of arms."""
