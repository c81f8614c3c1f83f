namespace Spud.Composition;

/// <summary>Holds lines back until it is clear that people read this process's output: one that serves another process writes nothing.</summary>
/// <param name="log">Receives the lines; null for none.</param>
internal sealed class HeldLog(Action<string>? log)
{
    private readonly Lock _gate = new();
    private List<string>? _held = [];

    public void Write(string line)
    {
        lock (_gate)
        {
            if (_held is null)
                log?.Invoke(line);
            else
                _held.Add(line);
        }
    }

    /// <summary>Passes on the lines, and all later ones at once.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _held?.ForEach(line => log?.Invoke(line));
            _held = null;
        }
    }
}
