using Spud.Host;

using Shell shell = Shell.OfProcess();
return CommandLine.Run(args, shell);
