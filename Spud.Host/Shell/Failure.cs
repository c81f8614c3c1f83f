using Spud.Accounts;
using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Calibration;
using Spud.Evaluation.Comparison;
using Spud.Execution;
using Spud.Models;
using Spud.Models.Messages;
using Spud.Text.ChatTemplates;
using Spud.Text.Grammars;

namespace Spud.Host;

/// <summary>How an exception is presented to the user, and the exit code.</summary>
/// <param name="Message">Empty for no message.</param>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
internal readonly record struct Failure(string Message, int ExitCode)
{
    /// <summary>Message if the system refuses memory or threads.</summary>
    public const string NoMemoryOrThreads = "the system refuses memory or threads. Use fewer threads (--threads), a shorter context (--ctx) or a smaller model, or raise the limits (ulimit -v, -u).";

    private const int MaxLines = 50;

    // HResult of an IOException is errno on Unix and 0x8007xxxx on Windows.
    private const int BrokenPipe = 32;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsPipeClosing = unchecked((int)0x800700E8);

    /// <summary>Reports the message to the user, each line as an error.</summary>
    public void Report(Shell shell)
    {
        string[] lines = Message.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string line in lines.Take(MaxLines))
            shell.Say($"error: {line}");
        if (lines.Length > MaxLines)
            shell.Say($"error: … and {lines.Length - MaxLines} more lines.");
    }

    /// <summary>Details of an exception, for <c>--verbose</c>.</summary>
    public static string Details(Exception exception)
    {
        try
        {
            return exception.ToString();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return $"{exception.GetType()}: {ThrownText.Of(exception)}\n{exception.StackTrace}";
        }
    }

    /// <summary>The only place that knows which exceptions are meant for users.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        OperationCanceledException => new("", ExitCodes.Interrupted),
        ServedException => new("", ExitCodes.Done),
        // Wherever memory runs out or a device is lost: the request is valid, the machine is at fault.
        CompositionException { InnerException: InsufficientMemoryException or DeviceLostException } => new(ThrownText.Of(exception), ExitCodes.Failed),
        OutOfMemoryException and not InsufficientMemoryException => new(NoMemoryOrThreads, ExitCodes.Failed),
        BadInputException or ConfigurationException or CompositionException or ModelFileException
            or ContextOverflowException or BudgetExceededException or TemplateException or GrammarException or RefusedException or ComparisonException => new(ThrownText.Of(exception), ExitCodes.BadInput),
        PagePoolFullException or CacheFileException or InsufficientMemoryException or ComponentException or CalibrationException => new(ThrownText.Of(exception), ExitCodes.Failed),
        DatabaseUnavailableException => new(ThrownText.Of(exception), ExitCodes.Failed),
        AccountsException => new(ThrownText.Of(exception), ExitCodes.BadInput),
        UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException => new(exception.Message, ExitCodes.BadInput),
        IOException { HResult: BrokenPipe or WindowsBrokenPipe or WindowsPipeClosing } => new("", ExitCodes.Done),
        IOException => new(exception.Message, ExitCodes.Failed),
        _ => new($"unexpected error: {exception.GetType().Name}: {ThrownText.Of(exception)} (--verbose shows the stack trace)", ExitCodes.Failed),
    };
}
