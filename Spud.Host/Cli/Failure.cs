using Spud.Runtime.Calibration;
using Spud.Runtime.ChatTemplates;
using Spud.Runtime.Comparison;
using Spud.Runtime.Composition;
using Spud.Runtime.Execution;
using Spud.Runtime.Metering;
using Spud.Runtime.Models;

namespace Spud.Host;

/// <summary>What the user sees of an exception, and the exit code.</summary>
/// <param name="Message">Empty: nothing is said.</param>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
internal readonly record struct Failure(string Message, int ExitCode)
{
    private const int MaxLines = 50;

    // HResult of an IOException is errno on Unix and 0x8007xxxx on Windows.
    private const int BrokenPipe = 32;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsPipeClosing = unchecked((int)0x800700E8);

    /// <summary>Tells the user, each line as an error.</summary>
    public void Report(Shell shell)
    {
        string[] lines = Message.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string line in lines.Take(MaxLines))
            shell.Say($"error: {line}");
        if (lines.Length > MaxLines)
            shell.Say($"error: … and {lines.Length - MaxLines} more lines.");
    }

    /// <summary>What an exception says; one that a plugin wrote may say nothing, or throw when it is asked.</summary>
    public static string MessageOf(Exception exception)
    {
        try
        {
            return exception.Message ?? "(no message)";
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return "(its message cannot be read)";
        }
    }

    /// <summary>What is known of an exception, for <c>--verbose</c>.</summary>
    public static string Details(Exception exception)
    {
        try
        {
            return exception.ToString();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return $"{exception.GetType()}: {MessageOf(exception)}\n{exception.StackTrace}";
        }
    }

    /// <summary>The one place that knows which exceptions are meant for users.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        OperationCanceledException => new("", ExitCodes.Interrupted),
        BadInputException or ConfigurationException or CompositionException or ModelFileException
            or ContextOverflowException or BudgetExceededException or TemplateException or RefusedException or ComparisonException => new(MessageOf(exception), ExitCodes.BadInput),
        PagePoolFullException or InsufficientMemoryException or ComponentException or CalibrationException => new(MessageOf(exception), ExitCodes.Failed),
        UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException => new(exception.Message, ExitCodes.BadInput),
        IOException { HResult: BrokenPipe or WindowsBrokenPipe or WindowsPipeClosing } => new("", ExitCodes.Done),
        IOException => new(exception.Message, ExitCodes.Failed),
        _ => new($"unexpected: {exception.GetType().Name}: {MessageOf(exception)} (--verbose shows where)", ExitCodes.Failed),
    };
}
