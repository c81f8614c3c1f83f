namespace Spud.Host;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Something failed that was asked for rightly.</summary>
    public const int Failed = 1;

    /// <summary>What was asked for cannot be: options, files, model, pipeline.</summary>
    public const int BadInput = 2;

    /// <summary>Ended by SIGINT or SIGTERM; what was printed until then is good.</summary>
    public const int Interrupted = 130;
}
