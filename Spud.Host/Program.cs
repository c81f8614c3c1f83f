using System.Globalization;
using Spud.Host;

// Numbers look the same everywhere, also where the runtime is told to use the user's culture.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

if (OpenFileLimit.Refusal() is { } refusal)
{
    Console.Error.WriteLine($"error: {refusal}");
    return ExitCodes.Failed;
}

// Not by returning: the process would wait for threads that a plugin started.
Environment.Exit(Run(args));
return ExitCodes.Done;

// Apart, so that nothing of it is loaded before.
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
        // Signals are watched by a thread, which is the first that the system may refuse. The console wants one, too.
        StandardStreams.WriteError($"error: {Failure.NoMemoryOrThreads}\n");
        return ExitCodes.Failed;
    }

    using (shell)
        return CommandLine.Run(args, shell);
}
