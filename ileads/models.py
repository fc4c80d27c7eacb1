"""iLeads and the masked legacy SSN will live here; the app holds their place in the layers."""
