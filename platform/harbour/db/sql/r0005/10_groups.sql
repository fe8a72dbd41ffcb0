-- Organisations above others, the entities each reports for, and the servers its members run.

ALTER TABLE organisations ADD COLUMN parent_id bigint REFERENCES organisations CHECK (parent_id <> id);
CREATE INDEX organisations_by_parent ON organisations (parent_id) WHERE parent_id IS NOT NULL;

-- What members of an organisation above may do below, and with which role of their own. No row: nobody.
-- ../guard/33_groups.sql fills and explains it.
CREATE TABLE reach (
    action text PRIMARY KEY REFERENCES actions,
    roles text[] NOT NULL
);

-- An entity reports through one organisation: its return is refused to every other.
CREATE TABLE entities (
    lei text PRIMARY KEY CHECK (lei ~ '^[A-Z0-9]{18}[0-9]{2}$'),
    organisation_id bigint NOT NULL REFERENCES organisations
);
CREATE INDEX entities_by_organisation ON entities (organisation_id);

ALTER TABLE quotas ADD COLUMN servers int CHECK (servers >= 0);     -- running at once

-- The notebook servers that run now, as the Hub says.
CREATE TABLE servers (
    member_id bigint NOT NULL,
    name text NOT NULL,         -- '' for the usual one
    organisation_id bigint NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (member_id, name),
    FOREIGN KEY (organisation_id, member_id) REFERENCES members (organisation_id, id)
);
CREATE INDEX servers_by_organisation ON servers (organisation_id);

-- Who looks from above is no member of the organisation whose submission he opens.
ALTER TABLE sightings DROP CONSTRAINT sightings_organisation_id_member_id_fkey,
    ADD FOREIGN KEY (member_id) REFERENCES members;

-- Uploads that nobody ended: looked for every few minutes.
CREATE INDEX uploads_under_way ON uploads (started_at) WHERE NOT finished;
