// Package wire is what services share of the wire: the subjects they meet on, and the conversions
// between domain values and proto messages that more than one service needs.
package wire

// Subjects of request-reply conversations.
const (
	SubjectSubmit  = "hurst.pipeline.submit"  // pipelinev1.SubmitRequest -> SubmitResponse
	SubjectGet     = "hurst.pipeline.get"     // GetRequest -> Run
	SubjectList    = "hurst.pipeline.list"    // ListRequest -> ListResponse
	SubjectCancel  = "hurst.pipeline.cancel"  // CancelRequest -> Run
	SubjectResume  = "hurst.pipeline.resume"  // ResumeRequest -> Run
	SubjectExplain = "hurst.pipeline.explain" // ExplainRequest -> Explanation
	SubjectProve   = "hurst.pipeline.prove"   // ProveRequest -> Proof

	SubjectPromote    = "hurst.deploy.promote"  // deployv1.PromoteRequest -> Decision
	SubjectRollback   = "hurst.deploy.rollback" // RollbackRequest -> Decision
	SubjectModels     = "hurst.deploy.list"     // ListRequest -> ListResponse
	SubjectModel      = "hurst.deploy.show"     // ShowRequest -> Version
	SubjectPredict    = "hurst.predict"         // predictv1.PredictRequest -> PredictResponse
	SubjectPredictors = "hurst.predict.info"    // predictv1.InfoRequest -> Info
	SubjectTrace      = "hurst.trace.get"       // tracev1.GetRequest -> GetResponse
)

// Subjects of events, which nobody answers.
const (
	SubjectTaskEvents = "hurst.event.task" // + .<run>: workv1.TaskEvent
	SubjectRunEvents  = "hurst.event.run"  // + .<run>: pipelinev1.Run, at each change and while progress is made
	SubjectHeartbeats = "hurst.heartbeat"  // + .<worker>: workv1.Heartbeat
	SubjectRevoke     = "hurst.revoke"     // workv1.Revoke
)

// Buckets of the JetStream key-value store: projections, rebuilt from the object store when lost.
const (
	BucketRuns   = "runs"   // run -> pipelinev1.Run
	BucketModels = "models" // model name -> deployv1.Pointer
)
