-- What the run-time role may do. It exists before the first migration (the embedded cluster and the compose file make it).

GRANT USAGE ON SCHEMA public TO sen_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sen_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO sen_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sen_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO sen_app;
REVOKE ALL ON audit_event, audit_epoch FROM PUBLIC, sen_app;
-- The partitions of today were made before the grant above reached them; those to come are closed as they are made.
DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'audit_event'::regclass LOOP
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, sen_app', part);
    END LOOP;
END $$;
GRANT SELECT, INSERT ON audit_event TO sen_app;
GRANT SELECT ON audit_epoch TO sen_app;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM sen_app;
REVOKE ALL ON FUNCTION audit_make_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_make_partitions(integer) TO sen_app;
