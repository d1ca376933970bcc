BEGIN TRANSACTION;
CREATE TABLE activations (
	sequence INTEGER NOT NULL, 
	context_id VARCHAR NOT NULL, 
	package_id VARCHAR NOT NULL, 
	device_id VARCHAR, 
	package_version_id VARCHAR, 
	"by" VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (sequence), 
	FOREIGN KEY(context_id, package_id) REFERENCES packages (context_id, package_id) ON DELETE CASCADE, 
	FOREIGN KEY(sequence) REFERENCES changes (sequence)
);
INSERT INTO "activations" VALUES(18,'acme','0000000000000000000000001',NULL,'acme/package_1@1.0.0','ada','2026-01-02T03:04:05.000+00:00');
INSERT INTO "activations" VALUES(19,'acme','0000000000000000000000001','laptop','acme/package_1@1.2.0','eve','2026-01-02T03:04:05.000+00:00');
INSERT INTO "activations" VALUES(20,'acme','0000000000000000000000002','laptop',NULL,'ada','2026-01-02T03:04:05.000+00:00');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE changes (
	sequence INTEGER NOT NULL, 
	context_id VARCHAR, 
	kind VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	PRIMARY KEY (sequence)
);
INSERT INTO "changes" VALUES(1,'personal','contexts','personal');
INSERT INTO "changes" VALUES(2,'personal','members','ada');
INSERT INTO "changes" VALUES(3,'acme','contexts','acme');
INSERT INTO "changes" VALUES(4,'acme','members','ada');
INSERT INTO "changes" VALUES(5,'acme','members','eve');
INSERT INTO "changes" VALUES(6,NULL,'snapshots','d28e0f8c1bfa98f69942719c66781d6bed342daa84025b33141b65707f9d439a');
INSERT INTO "changes" VALUES(7,NULL,'snapshots','dfe55770df7de7bb35265c1b275aea6a6891a8fb2c9cf2468288e42e840d36f2');
INSERT INTO "changes" VALUES(8,NULL,'snapshots','9830cb6abfa88f30660c49f788c3b2dac4f1db10412c62eab90622c60d82b577');
INSERT INTO "changes" VALUES(9,NULL,'snapshots','545db124be79dc9b2c0dc0f3a1dac4e864219eb7c59a9d76b8327882d3216a8a');
INSERT INTO "changes" VALUES(10,'acme','packages','0000000000000000000000001');
INSERT INTO "changes" VALUES(11,'acme','packages','0000000000000000000000002');
INSERT INTO "changes" VALUES(12,'acme','package_versions','acme/package_1@1.0.0');
INSERT INTO "changes" VALUES(13,'acme','package_versions','acme/package_1@1.1.0-beta.1');
INSERT INTO "changes" VALUES(14,'acme','package_versions','acme/package_1@1.2.0');
INSERT INTO "changes" VALUES(15,'acme','package_versions','acme/package_2@0.1.0');
INSERT INTO "changes" VALUES(16,'acme','device_prefs','laptop/0000000000000000000000001');
INSERT INTO "changes" VALUES(17,'acme','device_prefs','desktop/0000000000000000000000002');
INSERT INTO "changes" VALUES(18,'acme','activations','0000000000000000000000001');
INSERT INTO "changes" VALUES(19,'acme','activations','0000000000000000000000001');
INSERT INTO "changes" VALUES(20,'acme','activations','0000000000000000000000002');
CREATE TABLE contexts (
	context_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	PRIMARY KEY (context_id), 
	CONSTRAINT known_kind CHECK (kind IN ('personal', 'group'))
);
INSERT INTO "contexts" VALUES('personal','personal','Personal');
INSERT INTO "contexts" VALUES('acme','group','Acme');
CREATE TABLE device_prefs (
	device_id VARCHAR NOT NULL, 
	context_id VARCHAR NOT NULL, 
	package_id VARCHAR NOT NULL, 
	active_version_id VARCHAR, 
	source_path VARCHAR, 
	PRIMARY KEY (device_id, context_id, package_id), 
	FOREIGN KEY(context_id, package_id) REFERENCES packages (context_id, package_id) ON DELETE CASCADE
);
INSERT INTO "device_prefs" VALUES('laptop','acme','0000000000000000000000001','acme/package_1@1.2.0','/home/ada/notes');
INSERT INTO "device_prefs" VALUES('desktop','acme','0000000000000000000000002',NULL,NULL);
CREATE TABLE members (
	context_id VARCHAR NOT NULL, 
	actor_id VARCHAR NOT NULL, 
	role INTEGER NOT NULL, 
	PRIMARY KEY (context_id, actor_id), 
	FOREIGN KEY(context_id) REFERENCES contexts (context_id) ON DELETE CASCADE
);
INSERT INTO "members" VALUES('personal','ada',80);
INSERT INTO "members" VALUES('acme','ada',80);
INSERT INTO "members" VALUES('acme','eve',40);
CREATE TABLE package_versions (
	package_version_id VARCHAR NOT NULL, 
	context_id VARCHAR NOT NULL, 
	package_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	version_tag VARCHAR NOT NULL, 
	snapshot_digest VARCHAR NOT NULL, 
	app_navs JSON NOT NULL, 
	created_by VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	device_id VARCHAR, 
	history JSON NOT NULL, 
	PRIMARY KEY (package_version_id), 
	FOREIGN KEY(context_id, package_id) REFERENCES packages (context_id, package_id) ON DELETE CASCADE, 
	CONSTRAINT known_tag CHECK (version_tag IN ('dev', 'beta', 'stable')), 
	CONSTRAINT dev_belongs_to_a_device CHECK (version_tag <> 'dev' OR device_id IS NOT NULL), 
	FOREIGN KEY(snapshot_digest) REFERENCES snapshots (digest)
);
INSERT INTO "package_versions" VALUES('acme/package_1@1.0.0','acme','0000000000000000000000001','package_1','1.0.0','stable','d28e0f8c1bfa98f69942719c66781d6bed342daa84025b33141b65707f9d439a','[{"name": "things", "displayName": "Things", "alwaysNewTab": false}]','ada','2026-01-02T03:04:05.000+00:00',NULL,'[{"action": "created", "by": "ada", "at": "2026-01-02T03:04:05.000+00:00"}]');
INSERT INTO "package_versions" VALUES('acme/package_1@1.1.0-beta.1','acme','0000000000000000000000001','package_1','1.1.0-beta.1','beta','dfe55770df7de7bb35265c1b275aea6a6891a8fb2c9cf2468288e42e840d36f2','[{"name": "things", "displayName": "Things", "alwaysNewTab": false}]','ada','2026-01-02T03:04:05.000+00:00','laptop','[{"action": "created", "by": "ada", "at": "2026-01-02T03:04:05.000+00:00"}]');
INSERT INTO "package_versions" VALUES('acme/package_1@1.2.0','acme','0000000000000000000000001','package_1','1.2.0','dev','9830cb6abfa88f30660c49f788c3b2dac4f1db10412c62eab90622c60d82b577','[{"name": "things", "displayName": "Things", "alwaysNewTab": false}]','eve','2026-01-02T03:04:05.000+00:00','laptop','[{"action": "created", "by": "ada", "at": "2026-01-02T03:04:05.000+00:00"}]');
INSERT INTO "package_versions" VALUES('acme/package_2@0.1.0','acme','0000000000000000000000002','package_2','0.1.0','dev','545db124be79dc9b2c0dc0f3a1dac4e864219eb7c59a9d76b8327882d3216a8a','[]','ada','2026-01-02T03:04:05.000+00:00','laptop','[]');
CREATE TABLE packages (
	context_id VARCHAR NOT NULL, 
	package_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	description VARCHAR NOT NULL, 
	created_by VARCHAR NOT NULL, 
	disabled BOOLEAN NOT NULL, 
	active_version_id VARCHAR, 
	PRIMARY KEY (context_id, package_id), 
	CONSTRAINT one_package_per_name UNIQUE (context_id, name), 
	FOREIGN KEY(context_id) REFERENCES contexts (context_id) ON DELETE CASCADE
);
INSERT INTO "packages" VALUES('acme','0000000000000000000000001','package_1','Déjà vu; it''s "quoted"','ada',0,'acme/package_1@1.0.0');
INSERT INTO "packages" VALUES('acme','0000000000000000000000002','package_2','','ada',1,NULL);
CREATE TABLE snapshots (
	digest VARCHAR NOT NULL, 
	package_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	routes JSON NOT NULL, 
	app_navs JSON NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "snapshots" VALUES('d28e0f8c1bfa98f69942719c66781d6bed342daa84025b33141b65707f9d439a','0000000000000000000000001','package_1','1.0.0','2026-01-02T03:04:05.000+00:00','[["0000000000000000000001000", "things-1/:id/0", null, "screen", null, null, 0, false, null]]','[{"name": "things", "displayName": "Things", "alwaysNewTab": false}]');
INSERT INTO "snapshots" VALUES('dfe55770df7de7bb35265c1b275aea6a6891a8fb2c9cf2468288e42e840d36f2','0000000000000000000000001','package_1','1.1.0-beta.1','2026-01-02T03:04:05.000+00:00','[["0000000000000000000001000", "things-1/:id/0", null, "screen", null, null, 0, false, null]]','[{"name": "things", "displayName": "Things", "alwaysNewTab": false}]');
INSERT INTO "snapshots" VALUES('9830cb6abfa88f30660c49f788c3b2dac4f1db10412c62eab90622c60d82b577','0000000000000000000000001','package_1','1.2.0','2026-01-02T03:04:05.000+00:00','[["0000000000000000000001000", "things-1/:id/0", null, "screen", null, null, 0, false, null]]','[{"name": "things", "displayName": "Things", "alwaysNewTab": false}]');
INSERT INTO "snapshots" VALUES('545db124be79dc9b2c0dc0f3a1dac4e864219eb7c59a9d76b8327882d3216a8a','0000000000000000000000002','package_2','0.1.0','2026-01-02T03:04:05.000+00:00','[]','[{"name": "things", "displayName": "Things", "alwaysNewTab": false}]');
CREATE INDEX ix_snapshots_package_id ON snapshots (package_id);
CREATE INDEX versions_of_a_package ON package_versions (context_id, package_id);
CREATE UNIQUE INDEX one_promoted_version ON package_versions (context_id, package_id, version) WHERE version_tag <> 'dev';
CREATE UNIQUE INDEX one_dev_version ON package_versions (context_id, package_id, device_id) WHERE version_tag = 'dev';
CREATE INDEX activations_of_a_package ON activations (context_id, package_id);
COMMIT;
