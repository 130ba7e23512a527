"""The protocols at the machine's edge: channels, live signals, visitors' views."""
