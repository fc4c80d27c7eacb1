"""The pages of the iLeads app."""
