using System.Globalization;
using Spud.Host;

// Numbers have the same format everywhere, even if the runtime is told to use the user's culture.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

if (OpenFileLimit.Refusal() is { } refusal)
{
    Console.Error.WriteLine($"error: {refusal}");
    return ExitCodes.Failed;
}

// Not by returning: the process would wait for threads started by a plugin.
Environment.Exit(Run(args));
return ExitCodes.Done;

// In a separate method, so that nothing of it is loaded earlier.
[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
static int Run(string[] args)
{
    Shell shell;
    try
    {
        shell = Shell.OfProcess();
    }
    catch (Exception refused) when (refused is OutOfMemoryException or TypeInitializationException)
    {
        // Signals are handled by a thread, the first that the system may refuse. The console needs one too.
        StandardStreams.WriteError($"error: {Failure.NoMemoryOrThreads}\n");
        return ExitCodes.Failed;
    }

    using (shell)
        return CommandLine.Run(args, shell);
}
