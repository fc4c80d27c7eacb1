-- The event table, its triggers and its rights. Run by the owner in the first migration.

CREATE TABLE audit_epoch (
    number integer PRIMARY KEY,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    why text NOT NULL
);
INSERT INTO audit_epoch (number, why) VALUES (1, 'first start');

CREATE SEQUENCE audit_event_id_seq AS bigint;

CREATE TABLE audit_event (
    id bigint NOT NULL DEFAULT nextval('audit_event_id_seq'),
    at timestamptz NOT NULL,
    xid bigint NOT NULL,
    epoch integer NOT NULL,
    row_hash bytea NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    kind text NOT NULL CHECK (kind IN ('change', 'read', 'access', 'refusal')),
    outcome text NOT NULL CHECK (outcome <> ''),
    actor_id bigint,
    actor text NOT NULL,
    person_key text NOT NULL,
    address text NOT NULL,
    session text NOT NULL,
    request text NOT NULL,
    object_type text NOT NULL,
    object_id text NOT NULL,
    object_label text NOT NULL,
    batch text[] NOT NULL,
    payload text NOT NULL CHECK (jsonb_typeof(payload::jsonb) = 'object'),
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_event_xid ON audit_event (xid);
CREATE INDEX audit_event_at ON audit_event (at DESC, id DESC);
CREATE INDEX audit_event_object ON audit_event (object_type, object_id, at DESC);
CREATE INDEX audit_event_actor ON audit_event (actor_id, at DESC);
CREATE INDEX audit_event_code ON audit_event (code, at DESC);

-- The bytes of a row that are hashed: every column, each with its length before it, so that no two rows share them.
CREATE FUNCTION audit_piece(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value IS NULL THEN '-;' ELSE octet_length(value) || ':' || value || ';' END
$$;

CREATE FUNCTION audit_row_text(e audit_event) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT audit_piece(e.id::text)
        || audit_piece((extract(epoch FROM e.at) * 1000000)::bigint::text)
        || audit_piece(e.xid::text) || audit_piece(e.epoch::text)
        || audit_piece(e.code) || audit_piece(e.kind) || audit_piece(e.outcome)
        || audit_piece(e.actor_id::text) || audit_piece(e.actor) || audit_piece(e.person_key)
        || audit_piece(e.address) || audit_piece(e.session) || audit_piece(e.request)
        || audit_piece(e.object_type) || audit_piece(e.object_id) || audit_piece(e.object_label)
        || audit_piece(cardinality(e.batch)::text)
        || coalesce((SELECT string_agg(audit_piece(b), '' ORDER BY n) FROM unnest(e.batch) WITH ORDINALITY AS u(b, n)), '')
        || audit_piece(e.payload)
$$;

-- Whatever the caller said of these columns, the database says it.
CREATE FUNCTION audit_event_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.id := nextval('audit_event_id_seq');
    NEW.at := clock_timestamp();
    NEW.xid := pg_current_xact_id()::text::bigint;
    SELECT max(number) INTO NEW.epoch FROM audit_epoch;
    NEW.row_hash := sha256(convert_to(audit_row_text(NEW), 'UTF8'));
    RETURN NEW;
END $$;

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- An unaudited change cannot commit. Arguments: the object type, the column that names the object, the kinds accepted.
CREATE FUNCTION audit_require_event() RETURNS trigger LANGUAGE plpgsql AS $$
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
        -- `|| ''` leaves it the index on xid alone: by object type it would read every event of the last hour.
        PERFORM 1 FROM audit_event e
            WHERE e.xid = pg_current_xact_id()::text::bigint AND e.at >= now() - interval '1 hour'
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

CREATE TRIGGER audit_event_stamp BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_stamp();
CREATE TRIGGER audit_event_keep BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_event_keep_all BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
-- ALWAYS: ordinary triggers are skipped under session_replication_role = replica.
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_stamp;
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_keep;
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_keep_all;

-- Makes the partitions of this month and the `ahead` next ones. The run-time role may call it and no more: it runs as owner.
CREATE FUNCTION audit_make_partitions(ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    month timestamptz;
    name text;
    made integer := 0;
BEGIN
    FOR step IN 0..least(ahead, 24) LOOP
        month := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => step);
        name := 'audit_event_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || name) IS NOT NULL;
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.audit_event FOR VALUES FROM (%L) TO (%L)',
            name, month, month + interval '1 month');
        EXECUTE format('CREATE TRIGGER audit_event_keep_all BEFORE TRUNCATE ON public.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse()', name);
        EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER audit_event_keep_all', name);
        EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER audit_event_keep', name);
        EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER audit_event_stamp', name);
        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, sen_app', name);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
SELECT audit_make_partitions(6);
