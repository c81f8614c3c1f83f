using Spud.Composition;
using Spud.Configuration;
using Spud.Evaluation.Calibration;
using Spud.Evaluation.Comparison;
using Spud.Execution;
using Spud.Metering;
using Spud.Models;
using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>What the user sees of an exception, and the exit code.</summary>
/// <param name="Message">Empty: nothing is said.</param>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
internal readonly record struct Failure(string Message, int ExitCode)
{
    // HResult of an IOException is errno on Unix and 0x8007xxxx on Windows.
    private const int BrokenPipe = 32;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsPipeClosing = unchecked((int)0x800700E8);

    /// <summary>Tells the user, each line as an error.</summary>
    public void Report(Shell shell)
    {
        foreach (string line in Message.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            shell.Say($"error: {line}");
    }

    /// <summary>The one place that knows which exceptions are meant for users.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        OperationCanceledException => new("", ExitCodes.Interrupted),
        BadInputException or ConfigurationException or CompositionException or ModelFileException
            or ContextOverflowException or BudgetExceededException or TemplateException or RefusedException or ComparisonException => new(exception.Message, ExitCodes.BadInput),
        PagePoolFullException or InsufficientMemoryException or ComponentException or CalibrationException => new(exception.Message, ExitCodes.Failed),
        UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException => new(exception.Message, ExitCodes.BadInput),
        IOException { HResult: BrokenPipe or WindowsBrokenPipe or WindowsPipeClosing } => new("", ExitCodes.Done),
        IOException => new(exception.Message, ExitCodes.Failed),
        _ => new($"unexpected: {exception.GetType().Name}: {exception.Message} (--verbose shows where)", ExitCodes.Failed),
    };
}
