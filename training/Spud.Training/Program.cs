using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Spud.Models;
using Spud.Training;
using Spud.Training.Cli;

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
using CancellationTokenSource cancel = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
RootCommand root = new("Trains small models for Spud.") { PrepareCommand.Create(), TrainCommand.Create(cancel.Token), StudyCommand.Create(cancel.Token), ExportCommand.Create(), CollisionCommand.Create(), PoolsCommand.Create(cancel.Token), AnswersCommand.Create(cancel.Token), RowsCommand.Create(cancel.Token), HeadsCommand.Create(cancel.Token) };
try
{
    return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
catch (Exception fault) when (fault is TrainingException or ModelFileException or InvalidDataException or DllNotFoundException)
{
    await Console.Error.WriteLineAsync($"error: {fault.Message}");
    return fault is TrainingException or InvalidDataException ? ExitCodes.BadInput : ExitCodes.Failed;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    cancel.Cancel();
}
