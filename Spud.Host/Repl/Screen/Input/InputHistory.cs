using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Host.Repl.Screen;

/// <summary>What was typed before, in this run and earlier ones.</summary>
internal sealed class InputHistory
{
    private const int MaxEntries = 1_000;

    /// <summary>The file may have more, so that it is not written anew all the time.</summary>
    private const int MaxLines = 3_000;

    /// <summary>A longer message is remembered for this run only.</summary>
    private const int MaxKept = 10_000;

    private readonly string? _path;
    private readonly List<string> _entries = [];
    private int _at;
    private string _draft = "";

    /// <param name="path">Where it is kept, one JSON string on a line; null: nowhere.</param>
    public InputHistory(string? path = null)
    {
        _path = path;
        if (path is not null && File.Exists(path))
            _entries.AddRange(Read(path));

        _at = _entries.Count;
    }

    /// <summary>Why it is not kept; null: it is kept, or is not to be kept.</summary>
    public string? Fault { get; private set; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<string> Entries => _entries;

    /// <summary>Remembers a message; the same one twice in a row once.</summary>
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

    /// <summary>The message before the one that is shown; null: there is none.</summary>
    /// <param name="current">What is typed now; <see cref="Next"/> comes back to it.</param>
    public string? Previous(string current)
    {
        if (_at == 0)
            return null;
        if (_at == _entries.Count)
            _draft = current;

        return _entries[--_at];
    }

    /// <summary>The message after the one that is shown, in the end what was being typed; null: that is shown already.</summary>
    public string? Next()
    {
        if (_at >= _entries.Count)
            return null;

        return ++_at == _entries.Count ? _draft : _entries[_at];
    }

    /// <summary>The last message before a place that contains a text; null: there is none.</summary>
    /// <param name="text">In any case.</param>
    /// <param name="before">Exclusive; changed to where it was found.</param>
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
                // A line that a full disk cut short is no message.
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

    // For the user's eyes only.
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

/// <summary>Metadata for the history's lines.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class HistoryJson : JsonSerializerContext;
