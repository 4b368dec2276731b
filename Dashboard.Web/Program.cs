using Crossbench.Web.Cli;

return await CommandLine.RunAsync(args);
