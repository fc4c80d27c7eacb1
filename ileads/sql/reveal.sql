-- Attempts to see a legacy SSN: whoever serves pages adds to them and changes none.

REVOKE ALL ON ileads_reveal FROM PUBLIC, sen_app;
GRANT SELECT, INSERT ON ileads_reveal TO sen_app;
