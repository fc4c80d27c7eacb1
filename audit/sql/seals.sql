-- Seals over the log and the checkpoints of them: both only ever added to. Run by the owner in the second migration.

CREATE TABLE audit_seal (
    sequence bigint PRIMARY KEY CHECK (sequence > 0),
    at timestamptz NOT NULL,
    epoch integer NOT NULL,
    from_xid bigint NOT NULL CHECK (from_xid >= 0),
    to_xid bigint NOT NULL CHECK (to_xid >= from_xid),
    count integer NOT NULL CHECK (count >= 0),
    leaves bytea NOT NULL CHECK (octet_length(leaves) = count * 40),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    previous bytea NOT NULL CHECK (octet_length(previous) = 32),
    head bytea NOT NULL CHECK (octet_length(head) = 32),
    key text NOT NULL CHECK (key <> ''),
    signature bytea NOT NULL CHECK (octet_length(signature) = 64)
);
-- Hashes cannot be made smaller; trying would cost the sealer time.
ALTER TABLE audit_seal ALTER COLUMN leaves SET STORAGE EXTERNAL;
-- Most seals of a quiet night are empty: what is counted or waits for a checkpoint is found without them.
CREATE INDEX audit_seal_filled ON audit_seal (sequence) WHERE count > 0;

CREATE TABLE audit_checkpoint (
    sequence bigint PRIMARY KEY CHECK (sequence > 0),
    at timestamptz NOT NULL,
    head bytea NOT NULL CHECK (octet_length(head) = 32),
    events bigint NOT NULL CHECK (events >= 0),
    key text NOT NULL CHECK (key <> ''),
    signature bytea NOT NULL CHECK (octet_length(signature) = 64),
    place text NOT NULL CHECK (place <> '')
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['audit_seal', 'audit_checkpoint'] LOOP
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, sen_app', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO sen_app', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION audit_refuse()',
            name || '_keep', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()',
            name || '_keep_all', name);
        -- ALWAYS: ordinary triggers are skipped under session_replication_role = replica.
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_keep');
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_keep_all');
    END LOOP;
END $$;

-- The order of the log is (epoch, xid, id): the sealer reads along it, and the check below finds its transaction by it.
DROP INDEX audit_event_xid;
CREATE INDEX audit_event_order ON audit_event (epoch, xid, id);

-- As in events.sql, but for the epoch: in a cluster restored from a dump another transaction once had this number.
CREATE OR REPLACE FUNCTION audit_require_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named text;
    image jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    FOREACH image IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)]
        WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)]
        ELSE ARRAY[to_jsonb(OLD), to_jsonb(NEW)] END
    LOOP
        named := image ->> TG_ARGV[1];
        -- The bound on `at` lets the planner leave out all but the newest partitions; an hour forgives a clock set back.
        -- `|| ''` leaves it the index on the order alone: by object type it would read every event of the last hour.
        PERFORM 1 FROM audit_event e
            WHERE e.epoch = (SELECT max(number) FROM audit_epoch)
              AND e.xid = pg_current_xact_id()::text::bigint AND e.at >= now() - interval '1 hour'
              AND e.object_type || '' = TG_ARGV[0] AND e.kind = ANY (string_to_array(TG_ARGV[2], ','))
              AND e.outcome = 'done' AND (e.object_id = named OR named = ANY (e.batch))
            LIMIT 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'Unaudited % on %: no event of this transaction names % %.', TG_OP, TG_TABLE_NAME, TG_ARGV[0], named
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Opens the next epoch, for the owner alone. The lock waits until nobody is writing events: none enters a closed epoch.
CREATE FUNCTION audit_open_epoch(why text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    opened integer;
BEGIN
    LOCK TABLE audit_event IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO audit_epoch (number, why) SELECT max(e.number) + 1, audit_open_epoch.why FROM audit_epoch e
        RETURNING number INTO opened;
    RETURN opened;
END $$;
REVOKE ALL ON FUNCTION audit_open_epoch(text) FROM PUBLIC;
