using System.Data.Common;

namespace Spud.Accounts.Databases;

/// <summary>A connection in a transaction. Parameters are named "@name"; numbers are 64 bits, and null is NULL.</summary>
internal sealed class Session(DbConnection connection, DbTransaction transaction, string forUpdate, CancellationToken cancel)
{
    /// <summary>At the end of a SELECT: locks its rows until the transaction ends.</summary>
    public string ForUpdate => forUpdate;

    /// <summary>Runs a statement.</summary>
    /// <returns>Number of rows that it changed.</returns>
    public async Task<int> DoAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using DbCommand command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The first row; default if there is none.</summary>
    public async Task<T?> OneAsync<T>(Func<Row, T> read, string sql, params (string Name, object? Value)[] parameters)
    {
        await using DbCommand command = Command(sql, parameters);
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false) ? read(new(reader)) : default;
    }

    /// <summary>All rows.</summary>
    public async Task<List<T>> AllAsync<T>(Func<Row, T> read, string sql, params (string Name, object? Value)[] parameters)
    {
        await using DbCommand command = Command(sql, parameters);
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        List<T> rows = [];
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
            rows.Add(read(new(reader)));

        return rows;
    }

    /// <summary>A number: the first column of the first row.</summary>
    public Task<long> NumberAsync(string sql, params (string Name, object? Value)[] parameters) => OneAsync(static row => row.Number(), sql, parameters);

    private DbCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        DbCommand command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        foreach ((string name, object? value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value switch { null => DBNull.Value, bool flag => flag ? 1L : 0L, int number => (long)number, _ => value });
            command.Parameters.Add(parameter);
        }

        return command;
    }
}

/// <summary>A row, whose columns are read in order.</summary>
internal sealed class Row(DbDataReader reader)
{
    private int _column;

    public long Number() => reader.GetInt64(_column++);

    public bool Flag() => Number() != 0;

    public string Text() => reader.GetString(_column++);

    public long? NumberOrNull() => Null() ? null : Number();

    public string? TextOrNull() => Null() ? null : Text();

    // Goes to the next column only if this one has no value.
    private bool Null()
    {
        bool isNull = reader.IsDBNull(_column);
        _column += isNull ? 1 : 0;
        return isNull;
    }
}
