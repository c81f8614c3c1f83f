using Spud.Host;

int code;
using (Shell shell = Shell.OfProcess())
    code = CommandLine.Run(args, shell);

// Not by returning: the process would wait for threads that a plugin started.
Environment.Exit(code);
