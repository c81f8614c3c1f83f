using System.Text.Json;

namespace Spud.Training.Runs;

/// <summary>A run's log: one line of JSON for each report. Lines after the last checkpoint are dropped when a run is resumed after a crash.</summary>
internal sealed class RunLog : IDisposable
{
    private readonly StreamWriter _writer;

    /// <param name="path">Of the log.</param>
    /// <param name="step">Steps done; later lines are dropped.</param>
    public RunLog(string path, int step)
    {
        string[] kept = [.. Lines(path).Where(line => line.Line.Step <= step).Select(static line => line.Text)];
        File.WriteAllLines(path + ".new", kept);
        File.Move(path + ".new", path, overwrite: true);
        _writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    /// <summary>The final evaluation of a run; null if it is not finished.</summary>
    public static EvaluationLine? Last(string path) => Lines(path).Select(static line => line.Line).OfType<EvaluationLine>().FirstOrDefault(static line => line.Final);

    public void Write(LogLine line) => _writer.WriteLine(JsonSerializer.Serialize(line, LogJson.Default.LogLine));

    public void Dispose() => _writer.Dispose();

    /// <summary>All complete lines, without one that was being written when the process ended.</summary>
    internal static IEnumerable<(string Text, LogLine Line)> Lines(string path)
    {
        if (!File.Exists(path))
            yield break;

        foreach (string text in File.ReadLines(path))
        {
            if (Parse(text) is { } line)
                yield return (text, line);
        }
    }

    private static LogLine? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, LogJson.Default.LogLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
