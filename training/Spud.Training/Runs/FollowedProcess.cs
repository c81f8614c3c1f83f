namespace Spud.Training.Runs;

/// <summary>The process that a run belongs to. A run pauses while it is stopped (SIGSTOP) and ends when it ends; Linux only.</summary>
/// <param name="id">Id of the process.</param>
internal sealed class FollowedProcess(int id)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits while the process is stopped.</summary>
    /// <param name="ended">Cancelled when the process has ended.</param>
    public void Wait(CancellationTokenSource ended)
    {
        if (!OperatingSystem.IsLinux())
            return;

        char? state;
        while ((state = State()) == 'T' && !ended.Token.WaitHandle.WaitOne(s_interval))
        {
        }

        if (state is null or 'Z')
            ended.Cancel();
    }

    // The third field; the second is the name in parentheses, which may contain anything.
    private char? State()
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
