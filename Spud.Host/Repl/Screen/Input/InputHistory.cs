using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Host.Repl.Screen;

/// <summary>Messages typed in this run and earlier ones.</summary>
internal sealed class InputHistory
{
    private const int MaxEntries = 1_000;

    /// <summary>The file may grow beyond this, so that it is not rewritten each time.</summary>
    private const int MaxLines = 3_000;

    /// <summary>A longer message is remembered for this run only.</summary>
    private const int MaxKept = 10_000;

    private readonly string? _path;
    private readonly List<string> _entries = [];
    private int _at;
    private string _draft = "";

    /// <param name="path">Path of the file, one JSON string per line; null to keep nothing.</param>
    public InputHistory(string? path = null)
    {
        _path = path;
        if (path is not null && File.Exists(path))
            _entries.AddRange(Read(path));

        _at = _entries.Count;
    }

    /// <summary>Why the history cannot be saved; null if it is saved or need not be.</summary>
    public string? Fault { get; private set; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<string> Entries => _entries;

    /// <summary>Adds a message, unless it equals the last one.</summary>
    public void Add(string text)
    {
        _draft = "";
        if (text.Length > 0 && (_entries.Count == 0 || _entries[^1] != text))
        {
            _entries.Add(text);
            if (_path is { } path && text.Length <= MaxKept)
                Keep(path, text);
        }

        _at = _entries.Count;
    }

    /// <summary>The previous message; null if there is none.</summary>
    /// <param name="current">The text being typed; <see cref="Next"/> returns to it.</param>
    public string? Previous(string current)
    {
        if (_at == 0)
            return null;
        if (_at == _entries.Count)
            _draft = current;

        return _entries[--_at];
    }

    /// <summary>The next message, and after the last one the text being typed; null if that is already shown.</summary>
    public string? Next()
    {
        if (_at >= _entries.Count)
            return null;

        return ++_at == _entries.Count ? _draft : _entries[_at];
    }

    /// <summary>The last message before an index that contains a text; null if there is none.</summary>
    /// <param name="text">The text; case is ignored.</param>
    /// <param name="before">Exclusive upper bound; set to the index of the match.</param>
    public string? Search(string text, ref int before)
    {
        for (int i = Math.Min(before, _entries.Count) - 1; i >= 0; i--)
        {
            if (_entries[i].Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                before = i;
                return _entries[i];
            }
        }

        return null;
    }

    private List<string> Read(string path)
    {
        List<string> entries = [];
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                // Skip a line truncated by a full disk.
                if (Parse(line) is { } entry)
                    entries.Add(entry);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fault = fault.Message;
        }

        if (entries.Count <= MaxEntries)
            return entries;

        bool isLong = entries.Count > MaxLines;
        entries = entries[^MaxEntries..];
        if (isLong)
            Shorten(path, entries);

        return entries;
    }

    private void Shorten(string path, List<string> entries)
    {
        string shorter = $"{path}.{Environment.ProcessId}";
        try
        {
            foreach (string entry in entries)
                Append(shorter, entry);

            File.Move(shorter, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fault = fault.Message;
        }
    }

    // Readable only by the user.
    private static void Append(string path, string text)
    {
        FileStreamOptions options = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using FileStream file = new(path, options);
        file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(text, HistoryJson.Default.String) + "\n"));
    }

    private static string? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, HistoryJson.Default.String);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Keep(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Append(path, text);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fault = fault.Message;
        }
    }
}

/// <summary>JSON metadata for the lines of the history.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class HistoryJson : JsonSerializerContext;
