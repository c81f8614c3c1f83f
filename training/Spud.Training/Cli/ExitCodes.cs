namespace Spud.Training.Cli;

/// <summary>Exit codes of the process.</summary>
internal static class ExitCodes
{
    public const int Done = 0, Failed = 1, BadInput = 2, Unfinished = 3, Interrupted = 130;
}
