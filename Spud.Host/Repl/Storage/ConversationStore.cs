using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Spud.Generation;

namespace Spud.Host.Repl.Storage;

/// <summary>Saved conversations. Every method is one immediate transaction. Any thread may use it, one at a time.</summary>
internal sealed class ConversationStore : IDisposable
{
    private const string Columns =
        "id, number, question, answer, reasoning, tool_calls, (SELECT summary FROM pipeline WHERE pipeline.id = turn.pipeline), mixed, asked, finish, seed, prompt_tokens, reused_tokens, generated_tokens, first_token_ms, decode_ms, pipeline, (SELECT source FROM pipeline WHERE pipeline.id = turn.pipeline)";

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    private ConversationStore(string path, SqliteConnection connection) => (Path, _connection) = (path, connection);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Opens the file of saved conversations.</summary>
    /// <inheritdoc cref="ConversationDatabase.Open"/>
    public static ConversationStore Open(string path, bool create, Action<string> note) => new(path, ConversationDatabase.Open(path, create, note));

    /// <summary>A store in memory, for conversations that nobody keeps.</summary>
    public static ConversationStore InMemory() => new(":memory:", ConversationDatabase.OpenInMemory());

    /// <summary>Conversations, most recently changed first.</summary>
    /// <param name="search">Text that name, question or answer must contain, ignoring the case of ASCII letters; null for all.</param>
    /// <param name="maximum">Maximum number of results.</param>
    public IReadOnlyList<ConversationEntry> List(string? search = null, int maximum = int.MaxValue) => Guarded(() =>
    {
        using SqliteCommand command = Command("""
            SELECT id, name, changed, turns, first FROM (
                SELECT conversation.id, name, changed,
                    (SELECT count(*) FROM turn WHERE conversation = conversation.id AND replaced IS NULL) AS turns,
                    (SELECT question FROM turn WHERE conversation = conversation.id AND replaced IS NULL ORDER BY number LIMIT 1) AS first
                FROM conversation) AS listed
            WHERE $like IS NULL OR name LIKE $like ESCAPE '\' OR EXISTS (
                SELECT 1 FROM turn WHERE conversation = listed.id AND replaced IS NULL AND (question LIKE $like ESCAPE '\' OR answer LIKE $like ESCAPE '\'))
            ORDER BY changed DESC, id DESC LIMIT $maximum
            """, ("$like", search is null ? null : $"%{search.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%"), ("$maximum", maximum));
        using SqliteDataReader reader = command.ExecuteReader();
        List<ConversationEntry> found = [];
        while (reader.Read())
            found.Add(new(reader.GetInt64(0), Text(reader, 1), Time(reader.GetString(2)), reader.GetInt32(3), Text(reader, 4) ?? ""));

        return found;
    });

    /// <summary>Finds a conversation by name or number; null if there is none.</summary>
    public long? Find(string name) => Guarded(() =>
    {
        using SqliteCommand command = Command("SELECT id FROM conversation WHERE name = $name OR ('#' || id) = $name OR CAST(id AS TEXT) = $name ORDER BY name = $name DESC LIMIT 1", ("$name", name));
        return (long?)command.ExecuteScalar();
    });

    /// <summary>A conversation with its turns; ids, tokens and receipts are read on demand.</summary>
    public Conversation Load(long id) => Guarded(() =>
    {
        using SqliteCommand command = Command("SELECT name, system FROM conversation WHERE id = $id", ("$id", id));
        using SqliteDataReader head = command.ExecuteReader();
        if (!head.Read())
            throw new StoreException($"there is no conversation {id}.");

        Conversation conversation = new() { Id = id, Name = Text(head, 0), System = Text(head, 1) };
        using SqliteCommand turns = Command($"SELECT {Columns} FROM turn WHERE conversation = $id AND replaced IS NULL ORDER BY number", ("$id", id));
        using SqliteDataReader reader = turns.ExecuteReader();
        Dictionary<string, FrozenPipeline> pipelines = [];
        while (reader.Read())
        {
            Turn turn = TurnOf(reader, pipelines);
            conversation.Add(turn);
            conversation.Rows[turn] = reader.GetInt64(0);
        }

        return conversation;
    });

    /// <summary>Saves the current state of a conversation; removed turns stay in the file, marked as replaced.</summary>
    public void Save(Conversation conversation) => Transact(conversation, () => SaveAll(conversation));

    /// <summary>Saves a conversation with a turn that is being answered.</summary>
    public void Begin(Conversation conversation, Turn turn) => Transact(conversation, () =>
    {
        SaveAll(conversation);
        conversation.Rows[turn] = Insert(conversation, turn);
    });

    private void Transact(Conversation conversation, Action work) => Guarded(() =>
    {
        (long? id, KeyValuePair<Turn, long>[] rows) = (conversation.Id, [.. conversation.Rows]);
        try
        {
            ConversationDatabase.Transact(_connection, work);
            return true;
        }
        catch
        {
            // It is not in the file yet.
            conversation.Id = id;
            conversation.Rows.Clear();
            foreach ((Turn turn, long row) in rows)
                conversation.Rows[turn] = row;

            throw;
        }
    });

    private void SaveAll(Conversation conversation)
    {
        string now = Written(DateTimeOffset.Now);
        conversation.Id ??= Insert("INSERT INTO conversation(begun, changed) VALUES ($now, $now)", ("$now", now));
        Do("UPDATE conversation SET name = $name, system = $system, changed = $now WHERE id = $id", ("$name", conversation.Name), ("$system", conversation.System), ("$now", now), ("$id", conversation.Id));
        foreach (Turn gone in conversation.Rows.Keys.Except(conversation.Turns).ToArray())
        {
            Do("UPDATE turn SET replaced = $now WHERE id = $id", ("$now", now), ("$id", conversation.Rows[gone]));
            conversation.Rows.Remove(gone);
        }

        foreach (Turn turn in conversation.Turns)
        {
            if (!conversation.Rows.ContainsKey(turn))
                conversation.Rows[turn] = Insert(conversation, turn);
        }
    }

    /// <summary>Saves how a turn ended.</summary>
    public void Update(long row, Turn turn) => Guarded(() =>
    {
        (string sql, (string, object?)[] values) = ("""
            UPDATE turn SET answer = $answer, reasoning = $reasoning, tool_calls = $calls, mixed = $mixed, finish = $finish, seed = $seed, reused_tokens = $reused,
                generated_tokens = $generated, first_token_ms = $first, decode_ms = $decode, tokens = $tokens, receipt = $receipt WHERE id = $row
            """, [.. Outcome(turn), ("$row", row)]);
        Do(sql, values);
        return true;
    });

    /// <summary>Saves an answer so far.</summary>
    public void Progress(long row, string answer) => Guarded(() =>
    {
        Do("UPDATE turn SET answer = $answer WHERE id = $row", ("$answer", answer), ("$row", row));
        return true;
    });

    /// <summary>Deletes a turn without an answer.</summary>
    public void Remove(long row) => Guarded(() =>
    {
        Do("DELETE FROM turn WHERE id = $row", ("$row", row));
        return true;
    });

    /// <summary>Deletes a conversation and everything that belongs to it; false if there is none.</summary>
    public bool Delete(long id) => Guarded(() =>
    {
        using SqliteCommand command = Command("DELETE FROM conversation WHERE id = $id", ("$id", id));
        return command.ExecuteNonQuery() > 0;
    });

    /// <summary>The record of a pipeline, as JSON; null if the id is unknown.</summary>
    public string? Pipeline(string id) => Guarded(() =>
    {
        using SqliteCommand command = Command("SELECT json FROM pipeline WHERE id = $id", ("$id", id));
        return (string?)command.ExecuteScalar();
    });

    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }

    private long Insert(Conversation conversation, Turn turn)
    {
        Do("INSERT INTO pipeline(id, summary, json, source) VALUES ($id, $summary, $json, $source) ON CONFLICT(id) DO UPDATE SET source = coalesce(excluded.source, source)",
            ("$id", turn.Pipeline.Id), ("$summary", turn.Pipeline.Summary), ("$json", turn.Pipeline.Json), ("$source", TurnText.Of(turn.Pipeline.Source)));
        int before = turn.Number - 2;
        ImmutableArray<int> earlier = before >= 0 && before < conversation.Turns.Count ? conversation.Turns[before].Ids : [];
        int shared = earlier.AsSpan().CommonPrefixLength(turn.PromptIds.AsSpan());
        return Insert("""
            INSERT INTO turn(conversation, number, question, answer, reasoning, tool_calls, pipeline, mixed, asked, finish, seed, prompt_tokens, reused_tokens, generated_tokens,
                first_token_ms, decode_ms, shared_ids, new_ids, tokens, receipt)
            VALUES ($conversation, $number, $question, $answer, $reasoning, $calls, $pipeline, $mixed, $asked, $finish, $seed, $prompt, $reused, $generated, $first, $decode, $shared, $ids, $tokens, $receipt)
            """,
            [.. Outcome(turn), ("$conversation", conversation.Id), ("$number", turn.Number), ("$question", turn.Question), ("$pipeline", turn.Pipeline.Id),
                ("$asked", Written(turn.Asked)), ("$prompt", turn.PromptTokens), ("$shared", shared), ("$ids", TurnText.Bytes(turn.PromptIds.AsSpan()[shared..]))]);
    }

    private static (string, object?)[] Outcome(Turn turn) =>
    [
        ("$answer", turn.Answer), ("$reasoning", turn.Reasoning), ("$calls", turn.ToolCalls), ("$mixed", turn.IsMixed ? 1 : 0), ("$finish", Figures.Name(turn.Finish)), ("$seed", $"{turn.Seed}"),
        ("$reused", turn.ReusedTokens), ("$generated", turn.GeneratedTokens), ("$first", turn.TimeToFirstToken.TotalMilliseconds), ("$decode", turn.DecodeTime.TotalMilliseconds),
        ("$tokens", TurnText.OfTokens(turn.Tokens)), ("$receipt", TurnText.Of(turn.Receipt)),
    ];

    private Turn TurnOf(SqliteDataReader reader, Dictionary<string, FrozenPipeline> pipelines)
    {
        long row = reader.GetInt64(0);
        string id = reader.GetString(16);
        if (!pipelines.TryGetValue(id, out FrozenPipeline? pipeline))
            pipelines[id] = pipeline = new(id, reader.GetString(6), () => Pipeline(id) ?? "{}") { Source = TurnText.Source(Text(reader, 17)) };

        return new(() => Details(row))
        {
            Number = reader.GetInt32(1),
            Question = reader.GetString(2),
            Answer = reader.GetString(3),
            Reasoning = Text(reader, 4),
            ToolCalls = Text(reader, 5),
            Pipeline = pipeline,
            IsMixed = reader.GetInt32(7) != 0,
            Asked = Time(reader.GetString(8)),
            Finish = FinishOf(reader.GetString(9)),
            Seed = ulong.Parse(reader.GetString(10), CultureInfo.InvariantCulture),
            PromptTokens = reader.GetInt32(11),
            ReusedTokens = reader.GetInt32(12),
            GeneratedTokens = reader.GetInt32(13),
            TimeToFirstToken = TimeSpan.FromMilliseconds(reader.GetDouble(14)),
            DecodeTime = TimeSpan.FromMilliseconds(reader.GetDouble(15)),
        };
    }

    // A prompt begins with the text of the previous turn: each row holds only the new ids.
    private TurnDetails Details(long row) => Guarded(() =>
    {
        using SqliteCommand command = Command("""
            SELECT id, shared_ids, new_ids, tokens, receipt FROM turn
            WHERE conversation = (SELECT conversation FROM turn WHERE id = $row) AND number <= (SELECT number FROM turn WHERE id = $row)
                AND (id = $row OR replaced IS NULL) ORDER BY number, id = $row
            """, ("$row", row));
        using SqliteDataReader reader = command.ExecuteReader();
        List<int> ids = [];
        while (reader.Read())
        {
            int shared = Math.Min(ids.Count, reader.GetInt32(1));
            ids.RemoveRange(shared, ids.Count - shared);
            ids.AddRange(TurnText.Ids((byte[])reader[2]));
            ImmutableArray<TurnToken> tokens = TurnText.Tokens(reader.GetString(3));
            if (reader.GetInt64(0) == row)
                return new TurnDetails([.. ids], tokens, TurnText.Receipt(Text(reader, 4)));

            ids.AddRange(tokens.Select(token => token.Id));
        }

        throw new StoreException($"{Path}: turn {row} is gone.");
    });

    private static FinishReason FinishOf(string name) =>
        Enum.TryParse(name, ignoreCase: true, out FinishReason reason) && reason != FinishReason.None ? reason : FinishReason.Cancelled;

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            lock (_gate)
                return work();
        }
        catch (SqliteException fault)
        {
            throw ConversationDatabase.Explain(Path, fault);
        }
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        SqliteCommand command = new(sql, _connection);
        foreach ((string name, object? value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);

        return command;
    }

    private void Do(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private long Insert(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = Command($"{sql} RETURNING id", values);
        return (long)command.ExecuteScalar()!;
    }

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static string Written(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
