-- Reports of former systems may be added and read, and no more; SPOT rows may be added, and not even read (SEN PIA).

CREATE FUNCTION historical_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Historical reports are read only: % is refused.', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER historical_keep BEFORE UPDATE OR DELETE ON reports_historicalreport
    FOR EACH ROW EXECUTE FUNCTION historical_refuse();
CREATE TRIGGER historical_keep_all BEFORE TRUNCATE ON reports_historicalreport
    FOR EACH STATEMENT EXECUTE FUNCTION historical_refuse();
-- ALWAYS: ordinary triggers are skipped under session_replication_role = replica.
ALTER TABLE reports_historicalreport ENABLE ALWAYS TRIGGER historical_keep;
ALTER TABLE reports_historicalreport ENABLE ALWAYS TRIGGER historical_keep_all;
REVOKE ALL ON reports_historicalreport FROM PUBLIC, sen_app;
GRANT SELECT, INSERT ON reports_historicalreport TO sen_app;

CREATE TRIGGER historical_keep BEFORE UPDATE OR DELETE ON reports_legacysource
    FOR EACH ROW EXECUTE FUNCTION historical_refuse();
CREATE TRIGGER historical_keep_all BEFORE TRUNCATE ON reports_legacysource
    FOR EACH STATEMENT EXECUTE FUNCTION historical_refuse();
ALTER TABLE reports_legacysource ENABLE ALWAYS TRIGGER historical_keep;
ALTER TABLE reports_legacysource ENABLE ALWAYS TRIGGER historical_keep_all;
REVOKE ALL ON reports_legacysource FROM PUBLIC, sen_app;
GRANT SELECT, INSERT ON reports_legacysource TO sen_app;

-- No model, no foreign key: nothing of the application can come to join it. `checksum` says whether a row is here already.
CREATE TABLE reports_spot (
    checksum char(64) PRIMARY KEY,
    import_id uuid NOT NULL,
    payload jsonb NOT NULL,
    imported_at timestamptz NOT NULL
);
CREATE TRIGGER historical_keep BEFORE UPDATE OR DELETE ON reports_spot
    FOR EACH ROW EXECUTE FUNCTION historical_refuse();
CREATE TRIGGER historical_keep_all BEFORE TRUNCATE ON reports_spot
    FOR EACH STATEMENT EXECUTE FUNCTION historical_refuse();
ALTER TABLE reports_spot ENABLE ALWAYS TRIGGER historical_keep;
ALTER TABLE reports_spot ENABLE ALWAYS TRIGGER historical_keep_all;
-- Its event names the import alone. The trigger of the audited models is made from models; this table has none.
CREATE CONSTRAINT TRIGGER audit_required AFTER INSERT ON reports_spot DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit_require_event('import', 'import_id', 'change');
ALTER TABLE reports_spot ENABLE ALWAYS TRIGGER audit_required;
REVOKE ALL ON reports_spot FROM PUBLIC, sen_app;
GRANT INSERT ON reports_spot TO sen_app;
