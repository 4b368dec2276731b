using Crossbench.Bench;

return args switch
{
    ["train", .. var rest] => TrainBench.Run(rest),
    ["architectures", .. var rest] => ArchitectureBench.Run(rest),
    ["data", .. var rest] => DataBench.Run(rest),
    ["store", "--runs", .. var rest] => RunListBench.Run(rest),
    ["store", "--large", .. var rest] => LargeStoreBench.Run(rest),
    ["store", "--selections", .. var rest] => SelectionBench.Run(rest),
    ["queue", .. var rest] => await QueueBench.RunAsync(rest),
    ["store", .. var rest] => StoreBench.Run(rest),
    ["charts", .. var rest] => await ChartBench.RunAsync(rest),
    ["pages", .. var rest] => await PageBench.RunAsync(rest),
    ["logging", .. var rest] => LoggingBench.Run(rest),
    ["tokenizers", .. var rest] => TokenizerBench.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Benchmarks: train [--quick] [--json] [--threads N] [--vocabulary N]; architectures [ID …] [--scaling] [--json] [--threads N]; data [--quick] [--json]; store [--runs | --large | --selections] [--quick] [--json]; queue [--quick] [--json]; charts [--quick] [--json]; pages [--quick] [--json]; logging [--quick] [--json]; tokenizers [--quick] [--json] [--file PATH]");
    return 2;
}
