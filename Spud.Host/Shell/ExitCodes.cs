namespace Spud.Host;

/// <summary>Exit codes of the process.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A valid request failed.</summary>
    public const int Failed = 1;

    /// <summary>The request is invalid: options, files, model or pipeline.</summary>
    public const int BadInput = 2;

    /// <summary>Ended by SIGINT or SIGTERM; output printed until then is valid.</summary>
    public const int Interrupted = 130;
}
