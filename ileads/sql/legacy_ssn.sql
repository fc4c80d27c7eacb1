-- Legacy SSNs: each on a person of the iLead that it names, only ever sealed anew, removed by nobody who serves pages.

CREATE FUNCTION legacy_ssn_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM reports_person p JOIN reports_report r ON r.id = p.report_id
            WHERE p.id = NEW.person_id AND r.id = NEW.report_id AND r.kind = 'ilead';
        IF NOT FOUND THEN
            RAISE EXCEPTION 'A legacy SSN belongs to a person of the iLead that it names.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF (to_jsonb(OLD) - 'value') IS DISTINCT FROM (to_jsonb(NEW) - 'value') THEN
        RAISE EXCEPTION 'Of a legacy SSN only the sealed value can change.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER legacy_ssn_keep BEFORE INSERT OR UPDATE ON ileads_legacyssn
    FOR EACH ROW EXECUTE FUNCTION legacy_ssn_keep();
-- ALWAYS: ordinary triggers are skipped under session_replication_role = replica.
ALTER TABLE ileads_legacyssn ENABLE ALWAYS TRIGGER legacy_ssn_keep;
REVOKE ALL ON ileads_legacyssn FROM PUBLIC, sen_app;
GRANT SELECT, INSERT ON ileads_legacyssn TO sen_app;
GRANT UPDATE (value) ON ileads_legacyssn TO sen_app;
