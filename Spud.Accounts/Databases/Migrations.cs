namespace Spud.Accounts.Databases;

/// <summary>
/// The tables, as a list of migrations: the first makes the tables of version 1, each further one leads to the next version, and none ever changes.
/// They are written for SQLite; <see cref="Database.Translate"/> makes PostgreSQL's of them.
/// </summary>
internal static class Migrations
{
    public static readonly IReadOnlyList<string> All =
    [
        """
        CREATE TABLE account(
            name TEXT PRIMARY KEY,
            currency TEXT NOT NULL,
            balance INTEGER NOT NULL CHECK (balance >= 0),
            escrow INTEGER NOT NULL CHECK (escrow >= 0),
            weight INTEGER NOT NULL CHECK (weight > 0),
            enabled INTEGER NOT NULL,
            request_flops INTEGER, request_amount INTEGER,
            minute_flops INTEGER, minute_amount INTEGER,
            day_flops INTEGER, day_amount INTEGER,
            minute INTEGER NOT NULL, flops_in_minute INTEGER NOT NULL, amount_in_minute INTEGER NOT NULL,
            day INTEGER NOT NULL, flops_in_day INTEGER NOT NULL, amount_in_day INTEGER NOT NULL,
            created INTEGER NOT NULL) STRICT;
        CREATE TABLE api_key(
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL REFERENCES account(name),
            name TEXT NOT NULL,
            hash TEXT NOT NULL,
            created INTEGER NOT NULL, last_used INTEGER, revoked INTEGER) STRICT;
        CREATE TABLE price_list(
            name TEXT NOT NULL, version TEXT NOT NULL,
            currency TEXT NOT NULL,
            json TEXT NOT NULL,
            added INTEGER NOT NULL,
            applies INTEGER NOT NULL,
            PRIMARY KEY (name, version)) STRICT;
        CREATE UNIQUE INDEX price_list_that_applies ON price_list(currency) WHERE applies = 1;
        CREATE TABLE server(
            name TEXT PRIMARY KEY,
            epoch INTEGER NOT NULL,
            lease INTEGER NOT NULL) STRICT;
        CREATE TABLE job(
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL REFERENCES account(name),
            api_key TEXT REFERENCES api_key(id),
            model TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('Queued', 'Running', 'Finished', 'Failed', 'Cancelled', 'HandedBack')),
            flops INTEGER NOT NULL CHECK (flops > 0),
            bid INTEGER CHECK (bid >= 0),
            reserved INTEGER NOT NULL CHECK (reserved >= 0),
            charge INTEGER CHECK (charge >= 0 AND charge <= reserved),
            flops_used INTEGER,
            price_list TEXT, price_list_version TEXT,
            lane TEXT NOT NULL, tier INTEGER NOT NULL, deadline INTEGER,
            server TEXT, epoch INTEGER, attempt INTEGER NOT NULL,
            submitted INTEGER NOT NULL, started INTEGER, ended INTEGER,
            cancel_requested INTEGER NOT NULL,
            reason TEXT, request TEXT, answer TEXT,
            submission TEXT NOT NULL, ending TEXT,
            FOREIGN KEY (price_list, price_list_version) REFERENCES price_list(name, version),
            CHECK ((ended IS NULL) = (status IN ('Queued', 'Running'))),
            CHECK ((ended IS NULL) = (charge IS NULL)),
            CHECK ((ended IS NULL) = (ending IS NULL))) STRICT;
        CREATE INDEX job_of_account ON job(account, submitted);
        CREATE INDEX job_by_time ON job(submitted);
        CREATE INDEX job_open ON job(server) WHERE ended IS NULL;
        CREATE TABLE receipt(
            job TEXT PRIMARY KEY REFERENCES job(id),
            account TEXT NOT NULL REFERENCES account(name),
            made INTEGER NOT NULL,
            flops INTEGER NOT NULL,
            charge INTEGER NOT NULL CHECK (charge >= 0),
            json TEXT NOT NULL) STRICT;
        CREATE INDEX receipt_of_account ON receipt(account, made);
        CREATE TABLE transfer(
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL REFERENCES account(name),
            job TEXT REFERENCES job(id),
            source TEXT NOT NULL CHECK (source IN ('Outside', 'Balance', 'Escrow')),
            target TEXT NOT NULL CHECK (target IN ('Outside', 'Balance', 'Escrow', 'Revenue')),
            amount INTEGER NOT NULL CHECK (amount > 0),
            made INTEGER NOT NULL,
            note TEXT,
            CHECK (source <> target),
            CHECK ((job IS NULL) = (source = 'Outside' OR target = 'Outside'))) STRICT;
        CREATE INDEX transfer_of_account ON transfer(account, made);
        """,

        // Schedulers with a market quote prices to jobs without a bid.
        "ALTER TABLE job ADD COLUMN quote INTEGER CHECK (quote >= 0);",
    ];
}
